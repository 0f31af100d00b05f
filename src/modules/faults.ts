// What stands against publishing a content: its shape, its rules, its templates.
import { messageContent } from '../channels/content.ts'
import { placeholderFaults, textsOf } from '../journeys/placeholders.ts'
import { templateFault } from '../messages/render.ts'
import { type Fault, faultsOf } from '../rules/check.ts'

export function faultsOfContent(content: unknown): Fault[] {
  const parsed = messageContent.safeParse(content)
  const faults = parsed.success ? [] : faultsOf(parsed.error)
  for (const { path, text } of textsOf(content)) {
    const wrong = placeholderFaults(text)[0]
    const bad = wrong ? null : templateFault(text)
    if (wrong?.code === 'unknown_placeholder')
      faults.push({
        path,
        code: wrong.code,
        message: {
          zh: `沒有「${wrong.name}」這個合併欄位`,
          en: `Nothing is called "${wrong.name}"`,
        },
      })
    else if (wrong)
      faults.push({
        path,
        code: wrong.code,
        message: {
          zh: `合併欄位的括號沒有成對：${wrong.name}`,
          en: `A placeholder's brackets do not match: ${wrong.name}`,
        },
      })
    else if (bad !== null)
      faults.push({
        path,
        code: 'bad_template',
        message: { zh: `內容無法套用：${bad}`, en: `This cannot be filled in: ${bad}` },
      })
  }
  return faults
}
