// `copy … from stdin` for `pg`, which has the protocol but no query of that kind.
import type pg from 'pg'

type Connection = {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sync(): void
}

class CopyIn {
  readonly text: string
  readonly rows: Buffer
  readonly done: (error: Error | null) => void
  error: Error | null = null
  constructor(text: string, rows: Buffer, done: (error: Error | null) => void) {
    this.text = text
    this.rows = rows
    this.done = done
  }
  submit(connection: Connection): void {
    connection.query(this.text)
  }
  handleCopyInResponse(connection: Connection): void {
    connection.sendCopyFromChunk(this.rows)
    connection.endCopyFrom()
  }
  handleCommandComplete(): void {}
  handleError(error: Error): void {
    this.error = error
    this.done(error)
  }
  handleReadyForQuery(): void {
    if (!this.error) this.done(null)
  }
}

/** `rows`: lines in COPY's text format. */
export function copyIn(client: pg.Client, text: string, rows: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(
      new CopyIn(text, rows, error => (error ? reject(error) : resolve())) as unknown as pg.Submittable,
    )
  })
}
