/** A text that a person reads, in every language that Socle speaks. */
export interface Text {
  readonly en: string;
  readonly fr: string;
}

export type Language = keyof Text;
