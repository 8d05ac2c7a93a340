/** This process has lost the warehouse to another one; it may write nothing any more. */
import { ProblemError } from "../graph/index.js";

export const leaseLost = () =>
  new ProblemError(
    {
      code: "lease-lost",
      message: "Nothing was heard of this process for too long, and another one has taken the warehouse over.",
      hint: "What was not published by then was not published. Run again when the other one has ended.",
    },
    3,
  );
