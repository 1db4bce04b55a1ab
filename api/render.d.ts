// The public surface of supermesh/render, made by "npm run api".

/** `name` without direction and control characters; still plain text, to be inserted as `textContent`. */
declare function stripBidi(name: string): string;

type MimeData = Readonly<Record<string, unknown>>;

type Output = {
  readonly type: 'stream';
  readonly name: string;
  readonly text: string;
} | {
  readonly type: 'display_data' | 'execute_result';
  readonly data: MimeData;
  readonly metadata: MimeData;
} | {
  readonly type: 'error';
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
} | {
  readonly type: 'unknown';
};

/** Attachments of a notebook cell: for each file name the same picture in one or more forms. */
type Attachments = Readonly<Record<string, MimeData>>;

interface MarkdownOptions {
  /** The pictures of a cell, by file name. */
  readonly attachments?: Attachments;
}

/** A tree that can be inserted as it is; formulas in it are drawn as soon as their renderer is there. */
declare function renderMarkdown(source: string, {
  attachments
}?: MarkdownOptions): DocumentFragment;

interface RenderOptions {
  /**
   * What happens to an output that needs scripts: `ask` shows its static part and a button, `run` runs it in a closed
   * frame at once, `never` leaves it static. Notebooks that came from elsewhere should ask, which is the default.
   */
  readonly scripts?: 'ask' | 'run' | 'never';
  /** The address of `output-frame.html` where the bundler does not provide it. */
  readonly frameUrl?: string;
}

interface OutputArea {
  /** Shows `outputs`. Outputs that are the same objects as before cost nothing. */
  update(outputs: readonly Output[]): void;
  dispose(): void;
}

/** @param host belongs to the area until it is disposed of; `render.css` gives it its looks */
declare function createOutputArea(host: HTMLElement, options?: RenderOptions): OutputArea;

/** One output on its own; @returns what ends it. */
declare function renderOutput(output: Output, host: HTMLElement, options?: RenderOptions): {
  dispose(): void;
};

/** The readable part of `html`. Pictures named `attachment:…` are taken from `attachments`. Never throws on any text. */
declare function sanitise(html: string, attachments?: Attachments): DocumentFragment;

export {
  type Attachments,
  type MarkdownOptions,
  type MimeData,
  type Output,
  type OutputArea,
  type RenderOptions,
  createOutputArea,
  renderMarkdown,
  renderOutput,
  sanitise,
  stripBidi,
};
