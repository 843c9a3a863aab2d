/** Where the commands write to: a seam, so that tests need no process. */
export interface Terminal {
  readonly cwd: string;
  readonly colored: boolean;
  /** Whether a person watches standard error. */
  readonly interactive: boolean;
  out(text: string): void;
  err(text: string): void;
}

export type ExitStatus = 0 | 1 | 2;
