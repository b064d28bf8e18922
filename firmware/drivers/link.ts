/**
 * Datagrams to and from the gateway. The interpreter closes its sockets whenever Wi-Fi goes, so the socket is opened anew when it is back.
 * @module
 */

export interface DatagramSocket {
  bind(port: number): unknown;
  on(event: "message", listener: (text: string, from: { address: string; port: number }) => void): void;
  send(text: string, offset: number, length: number, port: number, address: string): void;
  close(): void;
}

export interface LinkHost {
  createSocket(type: "udp4"): DatagramSocket;
  /** Bytes to and from the interpreter's 8-bit strings; its sockets send a typed array as text. */
  toText(bytes: Uint8Array): string;
  toBytes(text: string): Uint8Array;
}

export class Link {
  private readonly host: LinkHost;
  private readonly address: string;
  private readonly port: number;
  private readonly receive: (datagram: Uint8Array) => void;
  private socket: DatagramSocket | null;

  constructor(host: LinkHost, address: string, port: number, receive: (datagram: Uint8Array) => void) {
    this.host = host;
    this.address = address;
    this.port = port;
    this.receive = receive;
    this.socket = null;
  }

  /** Opens a socket in place of the one before. Throws when the interpreter does. */
  open(): void {
    this.close();
    const socket = this.host.createSocket("udp4");
    socket.on("message", (text, from) => {
      if (socket === this.socket && from.address === this.address) this.receive(this.host.toBytes(text));
    });
    socket.bind(0);
    this.socket = socket;
  }

  /** Sends if it can; a datagram may always be lost. */
  send(datagram: Uint8Array): void {
    if (!this.socket) return;
    try {
      this.socket.send(this.host.toText(datagram), 0, datagram.length, this.port, this.address);
    } catch {
      this.close();
    }
  }

  isOpen(): boolean {
    return this.socket !== null;
  }

  /** May be called at any time and again. */
  close(): void {
    const socket = this.socket;
    this.socket = null;
    try {
      if (socket) socket.close();
    } catch {
      // Closed by the interpreter already.
    }
  }
}
