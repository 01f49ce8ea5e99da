// Which parts were heard: spans in whole milliseconds, given away in portions.

export class Heard {
  #spans = [];
  #from = null;
  #to = null;

  /** Playing stands at `at` (seconds) and comes from where it stood before; a jump is told by `leave` first. */
  reach(at) {
    if (this.#from === null) this.#from = at;
    this.#to = Math.max(at, this.#to ?? at);
  }

  /** Playing stops or jumps: what follows is another span. */
  leave() {
    this.#close();
    this.#from = this.#to = null;
  }

  #close() {
    const span = [this.#from, this.#to].map((at) => Math.round(at * 1000));
    if (this.#from !== null && span[1] > span[0]) this.#spans.push(span);
  }

  /** A span, in milliseconds, that did not reach the server is to be given away once more. */
  again(from, until) {
    this.#spans.push([from, until]);
  }

  /** The spans since the last time; what is being heard goes on from here. */
  take() {
    this.#close();
    this.#from = this.#to;
    const taken = this.#spans;
    this.#spans = [];
    return taken;
  }
}
