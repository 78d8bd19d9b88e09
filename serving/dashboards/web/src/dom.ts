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

/** A table with its title, the first column as row headings.
 *
 * On a narrow screen a row becomes a card: each value carries the title of its column, and
 * roles keep saying that it is a table.
 */
export function makeTable(title: string, columns: TableColumn[], rows: Child[][]): HTMLElement {
  const numeric = (place: number): Record<string, string> =>
    columns[place]?.numeric ? { class: "number" } : {};
  const head = columns.map((column, place) =>
    make("th", { scope: "col", role: "columnheader", ...numeric(place) }, column.title),
  );
  const body = rows.map((row) =>
    make(
      "tr",
      { role: "row" },
      ...row.map((cell, place) =>
        place === 0
          ? make("th", { scope: "row", role: "rowheader" }, cell)
          : make(
              "td",
              { role: "cell", "data-label": columns[place]?.title ?? "", ...numeric(place) },
              cell,
            ),
      ),
    ),
  );
  return make(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
    make(
      "table",
      { role: "table" },
      make("caption", {}, title),
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...head)),
      make("tbody", { role: "rowgroup" }, ...body),
    ),
  );
}
