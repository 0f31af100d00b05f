// A banner while something is looked through: what, and how far it is.
import { Progress } from '@mantine/core'

export function Looking({ text, done, total }: { text: string; done: number; total: number | null }) {
  return (
    <div className="banner banner-wait" role="status">
      {text}
      <Progress
        mt={6}
        size="sm"
        aria-label={text}
        value={total ? (100 * done) / total : 0}
        color="yellow.8"
      />
    </div>
  )
}
