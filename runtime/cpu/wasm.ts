/** The product of packed matrices in WebAssembly with SIMD, where the host has it. */
import { base64 } from "./gemm-bytes.ts";

/** `c = a · b` in the memory of the module; all places are in bytes. See gemm.wat. */
type Multiply = (rows: number, columns: number, k: number, a: number, b: number, c: number) => void;

export interface WasmProducts {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  readonly multiply64: Multiply;
  readonly multiply32: Multiply;
}

/** What is used of the global `WebAssembly`. Its types are not in every library that a project may name. */
interface Host {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

let found: WasmProducts | undefined;
let isTried = false;

/** The module, made when it is first wanted; nothing where there is no WebAssembly, no SIMD, or no leave to use them. */
export function wasmProducts(): WasmProducts | undefined {
  if (isTried) return found;
  isTried = true;
  try {
    const { WebAssembly } = globalThis as Host;
    if (WebAssembly === undefined) return undefined;
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    found = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as WasmProducts;
  } catch {
    // The plain kernel does the same.
  }
  return found;
}

const pageSize = 65_536;

/** Makes the memory large enough; false where the host has no more. */
export function reserve({ memory }: WasmProducts, bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / pageSize));
    return true;
  } catch {
    return false;
  }
}
