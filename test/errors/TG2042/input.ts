import { grad } from "tsgrad";

export const transforms = { gradient: grad };
