// Shares of people who are given one of several ways: they add up to 100, and each person always has the same place among
// them, by the number that `ctx.share` gives.
import { z } from 'zod'
import type { Fault } from '../../rules/check.ts'

export const wayName = z
  .string()
  .min(1)
  .max(60)
  .refine(n => n !== 'else' && n !== 'exit' && n !== '__proto__', {
    message: 'this name is taken by the product',
  })
export const share = z.strictObject({ name: wayName, percent: z.number().min(0.1).max(99.9) })
export type Share = z.infer<typeof share>

/** Names twice, and shares that do not add up. `path`: of the list. */
export function shareFaults(shares: readonly Share[], path: string): Fault[] {
  const names = shares.map(s => s.name)
  const faults: Fault[] = names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [
          {
            path: `${path}/${i}/name`,
            code: 'way_twice',
            message: { zh: `名稱重複：${name}`, en: `Two ways are named ${name}` },
            alternative: { zh: '請改用不同的名稱', en: 'Give one of them another name' },
          },
        ],
  )
  const sum = shares.reduce((a, s) => a + s.percent, 0)
  if (Math.abs(sum - 100) > 1e-6)
    faults.push({
      path,
      code: 'not_100',
      message: {
        zh: `比例加起來是 ${round(sum)} %，不是 100 %`,
        en: `The shares add up to ${round(sum)} %, not 100 %`,
      },
      alternative: {
        zh:
          sum < 100
            ? `還差 ${round(100 - sum)} %，請分給其中一條路`
            : `多了 ${round(sum - 100)} %，請減少其中一條路`,
        en:
          sum < 100
            ? `Give the missing ${round(100 - sum)} % to one of the ways`
            : `Take ${round(sum - 100)} % from one of the ways`,
      },
    })
  return faults
}

const round = (n: number): number => Math.round(n * 10) / 10

/** Whose share a number from 0 up to 100 falls into. */
export function wayAt(shares: readonly Share[], at: number): string {
  let end = 0
  for (const { name, percent } of shares) {
    end += percent
    if (at < end) return name
  }
  return shares.at(-1)!.name // what rounding leaves
}
