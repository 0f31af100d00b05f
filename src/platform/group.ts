// Grouping: what is asked at the same moment goes to the database in one statement. With nothing in flight an item leaves
// at once; while `inFlight` groups are on their way those that come gather, so groups grow under load by themselves.
export type Group<I, O> = {
  /** Resolves with what `write` answered for this item. @throws what `write` threw for its group */
  add(item: I): Promise<O>
  /** weight of the items that are in no group yet */
  waiting(): number
}

export type GroupOptions<I, O> = {
  /** Answers each item, in the order given. */
  write(items: I[]): Promise<O[]>
  /** weight of the largest group; an item that weighs more goes alone */
  most: number
  /** 1 each when left out */
  weight?(item: I): number
  inFlight?: number
}

type Waiting<I, O> = { item: I; weight: number; resolve(answer: O): void; reject(error: unknown): void }

/** `inFlight`: how many groups may be on their way at once, 2 when left out. */
export function openGroup<I, O>({
  write,
  most,
  weight = () => 1,
  inFlight: limit = 2,
}: GroupOptions<I, O>): Group<I, O> {
  let waiting: Waiting<I, O>[] = []
  let waitingWeight = 0
  let inFlight = 0
  let scheduled = false

  function pump(): void {
    scheduled = false
    while (inFlight < limit && waiting.length > 0) {
      let total = 0
      let n = 0
      while (n < waiting.length && (n === 0 || total + waiting[n]!.weight <= most))
        total += waiting[n++]!.weight
      const group = waiting.slice(0, n)
      waiting = waiting.slice(n)
      waitingWeight -= total
      inFlight++
      void run(group).finally(() => {
        inFlight--
        pump()
      })
    }
  }

  async function run(group: Waiting<I, O>[]): Promise<void> {
    try {
      const answers = await write(group.map(w => w.item))
      for (const [i, w] of group.entries()) w.resolve(answers[i]!)
    } catch (error) {
      for (const w of group) w.reject(error)
    }
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        const weighs = weight(item)
        waiting.push({ item, weight: weighs, resolve, reject })
        waitingWeight += weighs
        if (!scheduled && inFlight < limit) {
          scheduled = true
          setImmediate(pump) // all that is asked in this turn of the loop leaves together
        }
      })
    },
    waiting: () => waitingWeight,
  }
}

/** One group for each owner (a pool, a core), made when it is first asked for. */
export function groupOf<K extends object, I, O>(
  options: (owner: K) => GroupOptions<I, O>,
): (owner: K) => Group<I, O> {
  const groups = new WeakMap<K, Group<I, O>>()
  return owner => {
    let group = groups.get(owner)
    if (!group) groups.set(owner, (group = openGroup(options(owner))))
    return group
  }
}
