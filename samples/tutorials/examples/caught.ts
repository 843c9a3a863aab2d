/** The error that a call throws, where there should be one. */
export function caught(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("There was no error");
}
