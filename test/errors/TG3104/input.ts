/** @differentiable vjp */
export function area(width: number, height: number, depth: number, _unit: number): number {
  const volume = width * height * depth;
  console.log("computed");
  void volume;
  return width * height;
}

/** @differentiable vjp */
// tsgrad-ignore TG3104 - depth belongs to the interface
export function face(width: number, height: number, depth: number): number {
  return width * height;
}
