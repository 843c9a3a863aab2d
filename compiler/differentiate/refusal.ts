/** Why a function has no derivative in a mode; the compiler reports it at the function. */
export class Refusal extends Error {
  readonly reason: "noInput" | "noOutput" | "localWrt" | "mode" | "recursionTwice";
  constructor(reason: Refusal["reason"]) {
    super(reason);
    this.reason = reason;
  }
}
