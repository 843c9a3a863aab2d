import { show } from "../show/show.ts";
import { study } from "./study.ts";

show(import.meta.url, study());
