/** A string literal for Snowflake, where a backslash escapes as well as a quote does. */
import { quoteText } from "../../graph/index.js";

export const snowflakeText = (text: string): string => quoteText(text.replaceAll("\\", "\\\\"));
