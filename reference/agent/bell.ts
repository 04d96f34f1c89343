/** Wakes the one who waits for something to have changed. A ring that nobody waits for is not lost. */
export class Bell {
  private isRung = false
  private wake = (): void => undefined

  ring(): void {
    this.isRung = true
    this.wake()
  }

  /** Resolves when it has rung since the last time that somebody waited for it. */
  async rung(): Promise<void> {
    if (!this.isRung) await new Promise<void>(resolve => (this.wake = resolve))
    this.isRung = false
  }
}
