/**
 * Fields from outside, each checked as it is taken; a refusal names the field and what it must be.
 * @module
 */

/** Takes the fields of one object, each checked, and in the end refuses those that nobody took. */
export class Fields {
  private readonly path: string;
  private readonly values: Record<string, unknown>;
  private readonly taken: string[];

  /** @param path of the object in the file, with a "." at its end unless it is the file itself. */
  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("settings: " + (path || "the file") + " must be an object");
    this.path = path;
    // Checked above: an object that is neither null nor an array.
    this.values = value as Record<string, unknown>;
    this.taken = [];
  }

  take(name: string): unknown {
    this.taken.push(name);
    return this.values[name];
  }

  refuse(name: string, expectation: string): never {
    throw new Error("settings: " + this.path + name + " must be " + expectation);
  }

  number(name: string, min: number, max: number): number {
    const value = this.take(name);
    if (typeof value !== "number" || !(value >= min && value <= max)) this.refuse(name, "a number from " + min + " to " + max);
    return value;
  }

  integer(name: string, min: number, max: number): number {
    const value = this.number(name, min, max);
    if (Math.floor(value) !== value) this.refuse(name, "a whole number from " + min + " to " + max);
    return value;
  }

  text(name: string, min: number, max: number): string {
    const value = this.take(name);
    if (typeof value !== "string" || value.length < min || value.length > max) {
      this.refuse(name, "a text of " + min + " to " + max + " characters");
    }
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.take(name), this.path + name + ".");
  }

  /** Whether there is such a field. */
  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  done(): void {
    Object.keys(this.values).forEach((name) => {
      if (!this.taken.includes(name)) this.refuse(name, "left out: it is no setting");
    });
  }
}

/** Fields whose values come in the order in which they are taken, as a command's do. */
export class Listed extends Fields {
  private readonly list: number[];
  private next: number;

  constructor(list: number[], path: string) {
    super({}, path);
    this.list = list;
    this.next = 0;
  }

  override take(_name: string): unknown {
    return this.list[this.next++];
  }
}
