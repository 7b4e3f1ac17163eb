/**
 * What each page has of each term, in columns: a large site has tens of millions of these, and an object for each, or an
 * array for each term, would cost several times their memory and the time to collect it.
 *
 * Filled and read by index.mjs. Pages are added one after the other and numbered from 0.
 */
const FIRST_ROOM = 1 << 16;

export class Postings {
  #room = FIRST_ROOM;
  #count = 0;
  #terms = new Int32Array(FIRST_ROOM);
  #fields = new Float32Array(FIRST_ROOM);
  #prose = new Float32Array(FIRST_ROOM);
  #sections = new Uint8Array(FIRST_ROOM);
  #ends = []; // by page: where its postings end
  #last = -1;

  /** A term of the page that is being added: what its fields and its prose count, and its best section. */
  add(term, fields, prose, section) {
    if (this.#count === this.#room) this.#grow();
    const at = this.#count++;
    this.#terms[at] = term;
    this.#fields[at] = fields;
    this.#prose[at] = prose;
    this.#sections[at] = section;
    if (term > this.#last) this.#last = term;
  }

  /** The page is complete. */
  close() {
    this.#ends.push(this.#count);
  }

  /** Give each term with its postings to `visit(term, [{page, fields, prose, section}, …])`, pages ascending. */
  byTerm(visit) {
    const starts = new Int32Array(this.#last + 2);
    for (let at = 0; at < this.#count; at++) starts[this.#terms[at] + 1]++;
    for (let term = 0; term <= this.#last; term++) starts[term + 1] += starts[term];
    const next = starts.slice();
    const order = new Int32Array(this.#count);
    const pages = new Int32Array(this.#count);
    let at = 0;
    this.#ends.forEach((end, page) => {
      for (; at < end; at++) {
        const place = next[this.#terms[at]]++;
        order[place] = at;
        pages[place] = page;
      }
    });
    for (let term = 0; term <= this.#last; term++) {
      if (starts[term] === starts[term + 1]) continue;
      const list = [];
      for (let place = starts[term]; place < starts[term + 1]; place++) {
        const from = order[place];
        list.push({ page: pages[place], fields: this.#fields[from], prose: this.#prose[from], section: this.#sections[from], impact: 0 });
      }
      visit(term, list);
    }
  }

  #grow() {
    this.#room *= 2;
    const larger = (old) => {
      const grown = new old.constructor(this.#room);
      grown.set(old);
      return grown;
    };
    this.#terms = larger(this.#terms);
    this.#fields = larger(this.#fields);
    this.#prose = larger(this.#prose);
    this.#sections = larger(this.#sections);
  }
}
