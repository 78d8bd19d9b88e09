// Elements made by name; text is always text, never markup.

export type Child = Node | string | null;

export function make(
  tag: string,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

export interface TableColumn {
  title: string;
  numeric?: boolean;
}

/** A table with its title, the first column as row headings. */
export function makeTable(title: string, columns: TableColumn[], rows: Child[][]): HTMLElement {
  const cellClass = (place: number) => (columns[place]?.numeric ? { class: "number" } : {});
  const head = columns.map((column, place) =>
    make("th", { scope: "col", ...cellClass(place) } as Record<string, string>, column.title),
  );
  const body = rows.map((row) =>
    make(
      "tr",
      {},
      ...row.map((cell, place) =>
        place === 0
          ? make("th", { scope: "row" }, cell)
          : make("td", cellClass(place) as Record<string, string>, cell),
      ),
    ),
  );
  return make(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
    make(
      "table",
      {},
      make("caption", {}, title),
      make("thead", {}, make("tr", {}, ...head)),
      make("tbody", {}, ...body),
    ),
  );
}
