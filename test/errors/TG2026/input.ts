export class Account {
  private balance: number;

  constructor(balance: number) {
    this.balance = balance;
  }

  /** @differentiable vjp */
  after(rate: number, years: number): number {
    return this.balance * Math.exp(rate * years);
  }
}
