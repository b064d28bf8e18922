/**
 * A bounded queue that serves its senders in turn, so that one with a week's backlog does not hold up the others.
 * @module
 */

export interface FairQueueOptions<T> {
  /** Whose item it is. A sender's items leave in the order in which they came. */
  senderOf: (item: T) => string;
  /** Most items, of all senders and of one. */
  most: number;
  mostOfOne: number;
}

export interface FairQueue<T> {
  readonly size: number;
  /** False, and nothing is taken, when the queue is full or the sender has its share. */
  push(item: T): boolean;
  /** Takes up to `most` items out, one of each sender in turn. */
  take(most: number): T[];
}

export function createFairQueue<T>({ senderOf, most, mostOfOne }: FairQueueOptions<T>): FairQueue<T> {
  // In the order of their turns; none is empty.
  const senders = new Map<string, T[]>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    push(item) {
      const sender = senderOf(item);
      const items = senders.get(sender);
      if (size >= most || (items !== undefined && items.length >= mostOfOne)) return false;
      if (items === undefined) senders.set(sender, [item]);
      else items.push(item);
      size++;
      return true;
    },
    take(count) {
      const taken: T[] = [];
      // A map's iterator meets what is put behind it while it goes: a sender with more comes round again.
      for (const [sender, items] of senders) {
        if (taken.length >= count) break;
        const item = items.shift();
        if (item !== undefined) taken.push(item);
        senders.delete(sender);
        if (items.length > 0) senders.set(sender, items);
      }
      size -= taken.length;
      return taken;
    },
  };
}
