// Sends a file as the body of one request; the server writes it through to disk. Progress comes from the browser.
import type { Out } from '../../src/contract.ts'
import { ApiProblem } from '../api/call.ts'

type Import = Out<'startImport'>

/** To where `to` (below /api/w/…) takes files: the imports, or a list of customers. @throws ApiProblem */
export function uploadFile(
  ws: string,
  file: File,
  progress: (share: number) => void,
  to = 'import-files',
): Promise<Import> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest() // fetch tells no progress of what it sends
    request.open('POST', `/api/w/${encodeURIComponent(ws)}/${to}?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('x-itinera', '1')
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = e => progress(e.lengthComputable ? e.loaded / e.total : 0)
    request.onerror = () => reject(new ApiProblem(0, 'offline', '', '', null, null))
    request.onload = () => {
      const answer = parsed(request.responseText)
      if (request.status === 201 && answer) return resolve(answer as Import)
      const p = (answer ?? {}) as Partial<Record<'code' | 'title' | 'action' | 'path' | 'requestId', string>>
      reject(
        new ApiProblem(
          request.status,
          p.code ?? 'not_understood',
          p.title ?? `HTTP ${request.status}`,
          p.action ?? '',
          p.path ?? null,
          p.requestId ?? null,
        ),
      )
    }
    request.send(file)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
