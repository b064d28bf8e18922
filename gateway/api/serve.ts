/**
 * Opens the application to whom the settings name: this machine always, the LAN when set-up said so.
 * @module
 */
import { listenHttp } from "./server.ts";
import type { HttpServer, TlsFiles } from "./server.ts";

/** How people reach the gateway. */
export interface HttpSettings {
  /** Of the loopback. */
  host: string;
  port: number;
  /** This machine's own address in the LAN, on the same port. */
  lan?: { host: string } | undefined;
  /** Names under which it is reached, beside the loopback's and the LAN address: of this machine, or of the reverse proxy. */
  names?: string[] | undefined;
  tls?: TlsFiles | undefined;
  /** A reverse proxy on this machine tells who asks, by X-Forwarded-For and X-Forwarded-Proto. */
  trustProxy?: boolean | undefined;
}

/** Names that the Host header may have beside the loopback's. */
export function allowedHosts({ lan, names }: HttpSettings): string[] {
  return [...(names ?? []), ...(lan === undefined ? [] : [lan.host.includes(":") ? `[${lan.host}]` : lan.host])];
}

/** Listens on the loopback, and on the LAN's address where there is one. @throws as `listenHttp`; nothing listens then. */
export async function serveHttp(app: Parameters<typeof listenHttp>[0]["app"], settings: HttpSettings): Promise<HttpServer> {
  const tls = settings.tls === undefined ? {} : { tls: settings.tls };
  const loopback = await listenHttp({ app, host: settings.host, port: settings.port, ...tls });
  if (settings.lan === undefined) return loopback;
  try {
    const lan = await listenHttp({ app, host: settings.lan.host, port: loopback.port, isLan: true, ...tls });
    return { port: loopback.port, close: async () => void (await Promise.all([loopback.close(), lan.close()])) };
  } catch (error) {
    await loopback.close();
    throw error;
  }
}
