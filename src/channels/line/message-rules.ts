// What LINE demands of message objects, as far as its documents say it: checked in the editor before LINE is asked, and by
// the sandbox in LINE's place. Pure. Source: developers.line.biz/en/reference/messaging-api (message objects, common
// properties, action objects).
import type { LineDetail } from './api.ts'
import { type Dict, isDict } from '../../platform/values.ts'

/** A postback with this data, from a rich menu or a message, asks for the link by which an account is bound. */
export const LINK_DATA = 'itinera:link'

const REQUIRED: Record<string, readonly string[]> = {
  text: ['text'],
  textV2: ['text'],
  sticker: ['packageId', 'stickerId'],
  image: ['originalContentUrl', 'previewImageUrl'],
  video: ['originalContentUrl', 'previewImageUrl'],
  audio: ['originalContentUrl', 'duration'],
  location: ['title', 'address', 'latitude', 'longitude'],
  imagemap: ['baseUrl', 'altText', 'baseSize', 'actions'],
  template: ['altText', 'template'],
  flex: ['altText', 'contents'],
  coupon: ['couponId'],
}
const TEMPLATES: Record<string, readonly string[]> = {
  buttons: ['text', 'actions'],
  confirm: ['text', 'actions'],
  carousel: ['columns'],
  image_carousel: ['columns'],
}
const ACTIONS: Record<string, readonly string[]> = {
  postback: ['data'],
  message: ['text'],
  uri: ['uri'],
  datetimepicker: ['data', 'mode'],
  camera: [],
  cameraRoll: [],
  location: [],
  richmenuswitch: ['richMenuAliasId', 'data'],
  clipboard: ['clipboardText'],
}
/** Longest text, by where it stands. */
const LONGEST: Record<string, number> = {
  text: 5_000,
  altText: 400,
  data: 300,
  uri: 1_000,
  clipboardText: 1_000,
  originalContentUrl: 2_000,
  previewImageUrl: 2_000,
}
const MOST_MESSAGES = 5
const MOST_QUICK_REPLIES = 13
const MOST_COLUMNS = 10
const MOST_BUTTONS = 4
/** Of a flex bubble's or carousel's JSON. */
const MOST_FLEX_BYTES = { bubble: 30 * 1024, carousel: 50 * 1024 }
const MOST_BUBBLES = 12

const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

class Checker {
  readonly faults: LineDetail[] = []

  fault(property: string, message: string): void {
    this.faults.push({ property, message })
  }

  demand(of: Dict, fields: readonly string[], path: string): void {
    for (const field of fields) if (isMissing(of[field])) this.fault(`${path}.${field}`, 'May not be empty')
    for (const [field, longest] of Object.entries(LONGEST)) {
      const value = of[field]
      if (typeof value === 'string' && value.length > longest)
        this.fault(`${path}.${field}`, `Length must be between 0 and ${longest}`)
    }
  }

  message(m: unknown, path: string) {
    const fields = isDict(m) && typeof m.type === 'string' ? REQUIRED[m.type] : undefined
    if (!isDict(m) || !fields) return this.fault(`${path}.type`, 'Must be one of the supported message types')
    this.demand(m, fields, path)
    for (const field of ['originalContentUrl', 'previewImageUrl', 'baseUrl'])
      if (typeof m[field] === 'string' && m[field] !== '' && !m[field].startsWith('https://'))
        this.fault(`${path}.${field}`, 'must be an HTTPS URL')
    if (m.sender !== undefined) this.sender(m.sender, `${path}.sender`)
    if (m.quickReply !== undefined) this.quickReply(m.quickReply, `${path}.quickReply`)
    if (m.type === 'template' && isDict(m.template)) this.template(m.template, `${path}.template`)
    if (m.type === 'flex' && isDict(m.contents)) this.flex(m.contents, `${path}.contents`)
    if (m.type === 'imagemap' && Array.isArray(m.actions) && m.actions.length > 50)
      this.fault(`${path}.actions`, 'Size must be between 0 and 50')
  }

  sender(sender: unknown, path: string) {
    if (!isDict(sender)) return this.fault(path, 'Must be an object')
    const { name, iconUrl } = sender
    if (typeof name === 'string' && name.length > 20)
      this.fault(`${path}.name`, 'Length must be between 0 and 20')
    if (typeof name === 'string' && /LINE/i.test(name)) this.fault(`${path}.name`, 'May not contain LINE')
    if (typeof iconUrl === 'string' && !iconUrl.startsWith('https://'))
      this.fault(`${path}.iconUrl`, 'must be an HTTPS URL')
  }

  quickReply(quick: unknown, path: string) {
    const items = isDict(quick) ? quick.items : undefined
    if (!Array.isArray(items)) return this.fault(`${path}.items`, 'May not be empty')
    if (items.length < 1 || items.length > MOST_QUICK_REPLIES)
      this.fault(`${path}.items`, `Size must be between 1 and ${MOST_QUICK_REPLIES}`)
    items.forEach((item: unknown, i) => {
      this.action(isDict(item) ? item.action : undefined, `${path}.items[${i}].action`, 20)
    })
  }

  /** @param longest of its label; null: it needs none */
  action(action: unknown, path: string, longest: number | null) {
    const fields = isDict(action) && typeof action.type === 'string' ? ACTIONS[action.type] : undefined
    if (!isDict(action) || !fields)
      return this.fault(`${path}.type`, 'Must be one of the supported action types')
    this.demand(action, fields, path)
    if (longest === null) return
    if (isMissing(action.label)) this.fault(`${path}.label`, 'May not be empty')
    else if (String(action.label).length > longest)
      this.fault(`${path}.label`, `Length must be between 0 and ${longest}`)
  }

  template(template: Dict, path: string) {
    const fields = typeof template.type === 'string' ? TEMPLATES[template.type] : undefined
    if (!fields) return this.fault(`${path}.type`, 'Must be one of the supported template types')
    this.demand(template, fields, path)
    const actions = (of: Dict, at: string, most: number) => {
      if (!Array.isArray(of.actions)) return
      if (of.actions.length < 1 || of.actions.length > most)
        this.fault(`${at}.actions`, `Size must be between 1 and ${most}`)
      of.actions.forEach((a: unknown, i) => {
        this.action(a, `${at}.actions[${i}]`, 20)
      })
    }
    if (template.type === 'buttons') actions(template, path, MOST_BUTTONS)
    if (template.type === 'confirm') actions(template, path, 2)
    if (!Array.isArray(template.columns)) return
    if (template.columns.length < 1 || template.columns.length > MOST_COLUMNS)
      this.fault(`${path}.columns`, `Size must be between 1 and ${MOST_COLUMNS}`)
    template.columns.forEach((column: unknown, i) => {
      if (!isDict(column)) return
      const at = `${path}.columns[${i}]`
      if (template.type === 'carousel') {
        this.demand(column, ['text'], at)
        actions(column, at, 3)
      } else this.action(column.action, `${at}.action`, 12)
    })
  }

  flex(contents: Dict, path: string) {
    const kind = contents.type
    if (kind !== 'bubble' && kind !== 'carousel')
      return this.fault(`${path}.type`, 'Must be bubble or carousel')
    if (kind === 'carousel') {
      const bubbles = Array.isArray(contents.contents) ? contents.contents.length : 0
      if (bubbles < 1 || bubbles > MOST_BUBBLES)
        this.fault(`${path}.contents`, `Size must be between 1 and ${MOST_BUBBLES}`)
    }
    if (JSON.stringify(contents).length > MOST_FLEX_BYTES[kind])
      this.fault(path, `The ${kind} is too large: at most ${MOST_FLEX_BYTES[kind] / 1024} KB`)
    this.within(contents, path)
  }

  /** Actions, wherever in a flex message they stand. */
  within(node: unknown, path: string) {
    if (Array.isArray(node)) {
      node.forEach((n, i) => {
        this.within(n, `${path}[${i}]`)
      })
      return
    }
    if (!isDict(node)) return
    for (const [key, value] of Object.entries(node)) {
      if (key === 'action') this.action(value, `${path}.action`, node.type === 'button' ? 40 : null)
      else this.within(value, `${path}.${key}`)
    }
    if (node.type === 'button' && node.action === undefined) this.fault(`${path}.action`, 'May not be empty')
    if (node.type === 'image' && typeof node.url === 'string' && !node.url.startsWith('https://'))
      this.fault(`${path}.url`, 'must be an HTTPS URL')
  }
}

/** What is wrong, by the path of the property as LINE writes it; none: nothing that is known here. */
export function checkMessages(messages: unknown): LineDetail[] {
  if (!Array.isArray(messages) || messages.length === 0)
    return [{ property: 'messages', message: 'May not be empty' }]
  if (messages.length > MOST_MESSAGES)
    return [{ property: 'messages', message: `Size must be between 1 and ${MOST_MESSAGES}` }]
  const checker = new Checker()
  messages.forEach((m: unknown, i) => {
    checker.message(m, `messages[${i}]`)
  })
  return checker.faults
}

/** What is wrong with an action that stands alone, such as that of a rich menu's area. */
export function checkAction(action: unknown, path: string): LineDetail[] {
  const checker = new Checker()
  checker.action(action, path, null)
  return checker.faults
}
