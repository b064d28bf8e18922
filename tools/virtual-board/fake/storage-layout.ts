/**
 * Storage as it lies in flash (src/jsflash.c): files one after the other from its start, each behind a head of 32 bytes (size and flags,
 * name), aligned to 4. Replaced files stay as trash with a cleared name. Where the interpreter would compact, this throws: no firmware of
 * ours may come so far.
 * @module
 */

const HEAD_BYTES = 32;
const AT_NAME = 4;
const PAGE_BYTES = 4096;

/** A live file: where its bytes are in the image. */
export interface StoredFile {
  name: string;
  offset: number;
  bytes: number;
}

export interface StorageLayout {
  files(): StoredFile[];
  find(name: string): StoredFile | undefined;
  /** Makes a file; its bytes stay erased. */
  create(name: string, bytes: number): StoredFile;
  /** Clears the name: the file is trash from now on. */
  remove(file: StoredFile): void;
}

/** @param image the part of flash that is Storage; `changed` is told what to make durable. */
export function createStorageLayout(image: Uint8Array, changed: (offset: number, bytes: number) => void): StorageLayout {
  const view = new DataView(image.buffer, image.byteOffset, image.length);

  /** Every head in order, those of trash with an empty name, and the end of the last. */
  function walk(): { files: StoredFile[]; end: number } {
    const files: StoredFile[] = [];
    let at = 0;
    let end = 0;
    while (at + HEAD_BYTES <= image.length) {
      const size = view.getUint32(at, true);
      const bytes = size & 0xffffff;
      if (size === 0xffffffff || size === 0 || at + HEAD_BYTES + bytes > image.length) {
        if (at % PAGE_BYTES === 0) break;
        at = Math.ceil(at / PAGE_BYTES) * PAGE_BYTES;
        continue;
      }
      const name = Buffer.from(image.subarray(at + AT_NAME, at + HEAD_BYTES)).toString("latin1").replace(/\0.*$/s, "");
      files.push({ name, offset: at + HEAD_BYTES, bytes });
      end = at = Math.ceil((at + HEAD_BYTES + bytes) / 4) * 4;
    }
    return { files, end };
  }

  const files = (): StoredFile[] => walk().files.filter(({ name }) => name !== "");

  return {
    files,
    find: (name) => files().find((file) => file.name === name),
    create(name, bytes) {
      const { files: all, end } = walk();
      const offset = end + HEAD_BYTES;
      if (offset + bytes > image.length) {
        const hasTrash = all.some((file) => file.name === "");
        throw new Error(hasTrash ? "Storage: this would compact, and a power cut meanwhile would corrupt it" : "Unable to find or create file");
      }
      image.fill(0, end, offset);
      view.setUint32(end, bytes, true);
      image.set(Buffer.from(name, "latin1"), end + AT_NAME);
      changed(end, HEAD_BYTES);
      return { name, offset, bytes };
    },
    remove(file) {
      const at = file.offset - HEAD_BYTES + AT_NAME;
      image.fill(0, at, at + 4);
      changed(at, 4);
    },
  };
}
