// By what a customer of a list can be known: LINE, e-mail, phone.
import { Channel } from '../parts/small.tsx'

export function Contacts({
  of: { line, email, phone },
}: {
  of: { line: boolean; email: string | null; phone: string | null }
}) {
  if (!line && !email && !phone) return '—'
  return (
    <span className="contacts">
      {line ? <Channel name="line" /> : null}
      {email ? <span>{email}</span> : null}
      {phone ? <span>{phone}</span> : null}
    </span>
  )
}
