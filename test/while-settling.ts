// A command of a person is answered once its owner has folded it, which in a lab happens only when it settles.

/** Settles until `answers` are there, and gives them. */
export async function whileSettling<T>(lab: { settle(): Promise<unknown> }, answers: Promise<T>): Promise<T> {
  let open = true
  void answers.then(
    () => (open = false),
    () => (open = false),
  )
  while (open) await lab.settle()
  return answers
}
