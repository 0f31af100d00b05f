// How a stand-in can be told to fail: answers, silence, and receipts that come twice or late. Pure: the page loads it.
import type { StandInFault } from './stand-in.ts'

export const FAULT_KINDS = [
  'error_429',
  'error_500',
  'error_401',
  'bad_recipient',
  'hang',
  'accept_then_drop',
  'receipt_twice',
  'receipt_late',
  'smtp_4xx',
  'smtp_5xx_rcpt',
  'smtp_auth',
] as const satisfies readonly StandInFault['kind'][]
