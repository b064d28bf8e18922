/**
 * Asks a CitizenWatt installation. What comes back is another program's: its shape is checked, its length and time are bounded.
 * @module
 */
import { z } from "zod";
import type { Sample } from "./samples.ts";

export interface Sensor {
  id: number;
  name: string;
}

export interface CitizenwattClient {
  sensors(): Promise<Sensor[]>;
  /** Samples of a sensor, ascending: `fromUtcMs` is within, `toUtcMs` is not. */
  samples(sensorId: number, fromUtcMs: number, toUtcMs: number): Promise<{ samples: Sample[]; malformed: number }>;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4_194_304;
const MAX_SENSORS = 64;
/** 10 MW: more is no home's. */
const MAX_WATTS = 10_000_000;

const sensors = z.object({
  data: z.array(z.object({ id: z.int().min(0), name: z.string().max(200) })).max(MAX_SENSORS).nullable(),
});
const measures = z.object({ data: z.array(z.unknown()).nullable() });
const measure = z.object({ value: z.number().min(0).max(MAX_WATTS), timestamp: z.number().min(0).max(4_102_444_800) });

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`CitizenWatt's answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** @param stop ends what is under way. */
export function createClient(options: { url: string; login: string; password: string; stop: AbortSignal }): CitizenwattClient {
  const { url, login, password, stop } = options;
  const base = url.replace(/\/+$/, "");

  async function ask<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.infer<Shape>> {
    const response = await fetch(`${base}/api${path}`, {
      method: "POST",
      // A password must not follow to wherever an answer points.
      redirect: "error",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ login, password }).toString(),
      signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
    }).catch((cause: unknown) => {
      throw new Error(`CitizenWatt does not answer at ${base}: check that it runs and can be reached.`, { cause });
    });
    if (response.status === 403) {
      await response.body?.cancel();
      throw new Error("CitizenWatt refuses the login: check login and the file of passwordPath.");
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`CitizenWatt answers ${response.status} to ${path}.`);
    }
    const text = await textOf(response);
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw new Error(`CitizenWatt's answer to ${path} is not JSON: is it CitizenWatt that answers at ${base}?`, { cause });
    }
    const checked = shape.safeParse(json);
    if (!checked.success) throw new Error(`CitizenWatt's answer to ${path} has another shape than its API: ${z.prettifyError(checked.error).slice(0, 120)}`);
    return checked.data;
  }

  return {
    async sensors() {
      return (await ask("/sensors", sensors)).data ?? [];
    },
    async samples(sensorId, fromUtcMs, toUtcMs) {
      const seconds = (utcMs: number): number => Math.ceil(utcMs / 1000);
      const { data } = await ask(`/${sensorId}/get/watts/by_time/${seconds(fromUtcMs)}/${seconds(toUtcMs)}`, measures);
      const all = data ?? [];
      const samples = all.flatMap((one) => {
        const { success, data: found } = measure.safeParse(one);
        return success ? [{ utcMs: Math.round(found.timestamp * 1000), powerMw: Math.round(found.value * 1000) }] : [];
      });
      return { samples: samples.toSorted((a, b) => a.utcMs - b.utcMs), malformed: all.length - samples.length };
    },
  };
}
