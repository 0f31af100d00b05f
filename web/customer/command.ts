// A change of a team user to one customer: a command that the owner folds. A refusal of the fold is shown, not swallowed.
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import type { In, Out } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'

export type CustomerData = Out<'customer'>
export type Part = { ws: string; data: CustomerData }

/** `run` sends it under a key of its own; `after` is called when it was done. */
export function useCommand({ ws, data }: Part) {
  const { t } = useTranslation()
  const act = useAct('customerCommand')
  return {
    pending: act.isPending,
    run: (body: In<'customerCommand'>, after?: () => void) =>
      act.mutate(
        { ws, customer: data.id, body, idempotencyKey: crypto.randomUUID() },
        {
          onSuccess: out => {
            if (out.status < 400) {
              notifications.show({ message: t('common.saved'), color: 'green', autoClose: 2000 })
              after?.()
              return
            }
            const said = out.body as { title?: string; action?: string } | null
            notifications.show({
              title: t('customers.commandRefused', { detail: said?.title ?? String(out.status) }),
              message: said?.action ?? '',
              color: 'red',
            })
          },
        },
      ),
  }
}
