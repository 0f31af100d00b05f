// What a refused row and a refused setting say: what would be right.
import { expect, test } from 'vitest'
import { reasonIn } from './error-file.ts'
import { targetNamed } from './register.ts'
import { constantFault } from './rows.ts'

const ZONE = 'Asia/Taipei'

test('R3-09 R0-36 a value that a column does not take is told with the values it takes, in both languages', () => {
  const customers = targetNamed('customers')!
  const fault = {
    field: 'gender',
    code: 'bad_text',
    detail: 'one of female, male, other is needed',
    value: '不明',
  }
  expect(reasonIn(customers, 'zh')(fault)).toBe('性別：不在可用的值之內：女、男、其他 (不明) [bad_text]')
  expect(reasonIn(customers, 'en')(fault)).toBe(
    'Gender: not one of the values that can be used: female, male, other (不明) [bad_text]',
  )
})

test('R3-09 a value for every row that its field does not take is a fault, not left out in silence', () => {
  const orders = targetNamed('orders')!
  expect(constantFault(orders, { sales_channel: '門市', store: 'TPE01' }, ZONE)).toBeNull()
  expect(constantFault(orders, { sales_channel: '' }, ZONE)).toBeNull()
  expect(constantFault(orders, { sales_channel: 'stroe' }, ZONE)).toMatchObject({ key: 'sales_channel' })
  expect(constantFault(orders, { sales_chanel: 'store' }, ZONE)).toMatchObject({
    key: 'sales_chanel',
    field: null,
  })
})
