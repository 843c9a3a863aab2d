/** A matrix that an operation cannot work with: singular, not positive definite, or with NaN in it. */
export class LinAlgError extends Error {
  override readonly name = "LinAlgError";
}
