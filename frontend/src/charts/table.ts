// A chart shows what a table beside it says: who sees no picture reads the same numbers, and both change together.

/** One row of numbers; null: nothing is known. */
export interface Series {
  name: string;
  values: (number | null)[];
}

/** What a table says: the names along the axis, and the series. */
export interface Told {
  categories: string[];
  series: Series[];
}

const text = (cell: Element | undefined) => (cell?.textContent ?? "").trim();

/** A cell's number: `data-value` where its text is more than a number. */
export function numberOf(cell: HTMLElement | undefined): number | null {
  const said = (cell?.dataset["value"] ?? text(cell)).replace(/[\s,%]/g, "");
  return said === "" || Number.isNaN(Number(said)) ? null : Number(said);
}

const rowsOf = (table: HTMLTableElement) => [...(table.tBodies[0]?.rows ?? [])];
const headsOf = (table: HTMLTableElement) => [...(table.tHead?.rows[0]?.cells ?? [])].slice(1).map(text);

/** The head says the categories, each row is a series. */
function alongColumns(table: HTMLTableElement): Told {
  const series = rowsOf(table).map((row) => ({
    name: text(row.cells[0]),
    values: [...row.cells].slice(1).map(numberOf),
  }));
  return { categories: headsOf(table), series };
}

/** Each row is a category; of the columns (from 1) those of `take` are series. */
function alongRows(table: HTMLTableElement, take: number[]): Told {
  const rows = rowsOf(table);
  const heads = headsOf(table);
  const series = take.map((column) => ({
    name: heads[column - 1] ?? "",
    values: rows.map((row) => numberOf(row.cells[column])),
  }));
  return { categories: rows.map((row) => text(row.cells[0])), series };
}

/** Day by day down its rows; each cell bears as many numbers as there are `names`, under data-NAME. */
function throughCells(table: HTMLTableElement, names: [string, string][]): Told {
  const rows = rowsOf(table);
  const places = headsOf(table).flatMap((head, day) =>
    rows.map((row) => ({ name: `${head} ${text(row.cells[0])}`, cell: row.cells[day + 1] })),
  );
  const value = (cell: HTMLElement | undefined, key: string) => {
    const said = cell?.dataset[key] ?? "";
    return said === "" ? null : Number(said);
  };
  return {
    categories: places.map((one) => one.name),
    series: names.map(([key, name]) => ({ name, values: places.map((one) => value(one.cell, key)) })),
  };
}

/** Read the table of a figure, the way the figure says. */
export function told(figure: HTMLElement, table: HTMLTableElement): Told {
  const { along, take } = figure.dataset;
  if (along === "cells") {
    const names = [...figure.querySelectorAll<HTMLElement>("[data-of]")];
    return throughCells(table, names.map((one) => [one.dataset["of"]!, text(one)]));
  }
  return along === "rows" ? alongRows(table, (take ?? "1").trim().split(/\s+/).map(Number)) : alongColumns(table);
}
