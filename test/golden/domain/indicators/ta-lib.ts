/**
 * TA-Lib's own C code, compiled to WebAssembly by the package talib-web, called through its exported functions: the package's JavaScript wrapper
 * asks for one bar too many and drops the index of the first value. Memory is 16 MiB and cannot grow, so series are short of 500,000 bars.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { init } from 'talib-web';

/** What of the Emscripten module is used here. */
interface Wasm {
  readonly HEAPF64: Float64Array;
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly [name: `_TA_${string}`]: (...parameters: number[]) => number;
}

export interface TaLib {
  /** Each output at full length, NaN before TA-Lib's first valid index; options in TA-Lib's order. */
  outputs(name: string, inputs: readonly Float64Array[], options: readonly number[], outputs?: number): Float64Array[];
  /** Puts the inputs into its memory and gives a function that does nothing but compute; for timing. */
  prepared(name: string, inputs: readonly Float64Array[], options: readonly number[], outputs?: number): Prepared;
}

export interface Prepared {
  compute(): void;
  /** The values of one output where they lie, until the next call. */
  view(output: number): Float64Array;
  /** The index of the first value, and the values. */
  read(): { readonly begin: number; readonly values: readonly Float64Array[] };
  free(): void;
}

export async function openTaLib(): Promise<TaLib> {
  const file = join(dirname(createRequire(import.meta.url).resolve('talib-web')), 'talib.wasm');
  const wasm = (await init(`data:application/wasm;base64,${readFileSync(file).toString('base64')}`)) as Wasm;
  const prepared: TaLib['prepared'] = (name, inputs, options, outputs = 1) => prepare(wasm, name, inputs, options, outputs);
  return {
    prepared,
    outputs(name, inputs, options, outputs = 1) {
      const call = prepared(name, inputs, options, outputs);
      call.compute();
      const { begin, values } = call.read();
      call.free();
      return values.map((own) => {
        const out = new Float64Array(inputs[0]!.length).fill(Number.NaN);
        out.set(own, begin);
        return out;
      });
    },
  };
}

function prepare(wasm: Wasm, name: string, inputs: readonly Float64Array[], options: readonly number[], outputs: number): Prepared {
  const length = inputs[0]!.length;
  const arrays = Array.from({ length: inputs.length + outputs }, () => allocate(wasm, 8 * length));
  inputs.forEach((values, i) => {
    wasm.HEAPF64.set(values, arrays[i]! / 8);
  });
  const range = allocate(wasm, 8);
  const parameters = [0, length - 1, ...arrays.slice(0, inputs.length), ...options, range, range + 4, ...arrays.slice(inputs.length)];
  const call = wasm[`_TA_${name}`]!;
  const view = (output: number): Float64Array => {
    const start = arrays[inputs.length + output]! / 8;
    return wasm.HEAPF64.subarray(start, start + wasm.HEAP32[range / 4 + 1]!);
  };
  return {
    compute() {
      const code = call(...parameters);
      if (code !== 0) throw new Error(`TA_${name} answered ${code}`);
    },
    view,
    read: () => ({ begin: wasm.HEAP32[range / 4]!, values: Array.from({ length: outputs }, (_, output) => view(output).slice()) }),
    free() {
      for (const address of [...arrays, range]) wasm._free(address);
    },
  };
}

function allocate(wasm: Wasm, bytes: number): number {
  const address = wasm._malloc(bytes);
  if (address === 0) throw new Error(`TA-Lib has no ${bytes} bytes left`);
  return address;
}
