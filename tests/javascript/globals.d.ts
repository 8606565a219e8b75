// What the pages of the tests have beside what a browser has.
declare global {
  /** Moves the page's clock on. */
  function tick(milliseconds: number): Promise<void>;
}
export {};
