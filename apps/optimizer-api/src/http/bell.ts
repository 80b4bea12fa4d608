/** Lets one waiter sleep until it rings or the time is over. A ring while nobody waits is kept for whoever waits next. */
export class Bell {
  #hasRung = false;
  #wake = () => {};

  readonly ring = (): void => {
    this.#hasRung = true;
    this.#wake();
  };

  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#hasRung) this.#wake();
    });
    this.#hasRung = false;
  }
}
