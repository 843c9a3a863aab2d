/** The TG1xxx codes: what the language fence refuses. See `table.ts`. */
export const languageTable = {
  TG1001: {
    severity: "error",
    message: "{0} is not part of the language that tsgrad differentiates.",
    hint: "{1}",
  },
  TG1002: {
    severity: "error",
    message: "{0} has the type {1}, which tsgrad does not differentiate.",
    hint: "{2}",
  },
  TG1003: {
    severity: "error",
    message: "{0} has the type any, so tsgrad cannot tell what it holds.",
    hint: "Write its type, such as number or Float64Array.",
  },
  TG1004: {
    severity: "error",
    message: "This calls {0}, whose source tsgrad cannot see.",
    hint: "{1}",
  },
  TG1005: {
    severity: "error",
    message: "{0} gives another value each time it is called.",
    hint: "Compute the value outside and pass it as a parameter.",
  },
  TG1006: {
    severity: "error",
    message: "{0} is {1}.",
    hint: "{2}",
  },
  TG1007: {
    severity: "error",
    message: "This writes to {0}, which is declared outside of the function.",
    hint: "Return the new value, or write into an array that is passed as a parameter.",
  },
  TG1008: {
    severity: "error",
    message: "{0} {1}.",
    hint: "Move what it uses to module scope or into parameters; let what changes be returned, or keep it in an array or an object.",
  },
  TG1009: {
    severity: "error",
    message: "Which function {0} stands for only shows when the program runs.",
    hint: "Write the functions that it may be where they are chosen, by their names or as arrow functions: with ?: or a switch, or out of an object or an array that is written out. Of functions that a loop makes, keep in an array what they differ in, and write one function that takes that.",
  },
  TG1010: {
    severity: "error",
    message: "{0} is overloaded.",
    hint: "Take a function of one signature, which calls this one.",
  },
  TG1011: {
    severity: "error",
    message: "{0}.",
    hint: "{1}",
  },
  TG1012: {
    severity: "error",
    message: "{0} is run where it stands, and has parameters that cannot be told one by one.",
    hint: "Take the parameters one by one, by their names.",
  },
  TG1013: {
    severity: "error",
    message: "{0} is {1}, so its result is not there at once.",
    hint: "Only plain functions are differentiated: compute outside what has to be waited for, and let a loop fill an array in place of a generator.",
  },
  TG1014: {
    severity: "error",
    message: "A variable is declared with var.",
    hint: "Declare it with let or const.",
  },
  TG1015: {
    severity: "error",
    message: "tsgrad does not differentiate {0}.",
    hint: "{1}",
  },
  TG1016: {
    severity: "error",
    message: "{0} is not exported, and {1}.",
    hint: "{2}",
  },
  TG1017: {
    severity: "error",
    message: "The type of {0} cannot be told from its declaration.",
    hint: "Write its type, as in let {0}: number or const {0}: number[] = [].",
  },
  TG1018: {
    severity: "error",
    message: "{0} is declared in one clause of a switch and used in another.",
    hint: "Declare it before the switch.",
  },
  TG1019: {
    severity: "error",
    message: "{0} compares {1} with {2} loosely.",
    hint: "Compare values of one type, with === or !==.",
  },
  TG1020: {
    severity: "error",
    message: "{0} takes a function whose source tsgrad can find.",
    hint: "Pass a function with a body, by its name or as an arrow function.",
  },
  TG1021: {
    severity: "error",
    message: "The option {0} is not known here.",
    hint: "{1} takes {2}.",
  },
  TG1022: {
    severity: "error",
    message: "This @checkpoint comment is not directly above a loop, or what follows it is not a whole number.",
    hint: "Write // @checkpoint or // @checkpoint 100 on the line above for or while.",
  },
  TG1023: {
    severity: "error",
    message: "{0} is used inside of a function that is passed as a value.",
    hint: "Such a function may use its own parameters and constants of module scope only.",
  },
  TG1024: {
    severity: "error",
    message: "{0} is not typed as a tuple element with a literal position.",
    hint: "Read a tuple of several types at literal positions or take it apart with const [a, b] = …. One of a single type may be indexed by a variable where nothing asks for undefined: write pair[i]!, or use number[].",
  },
  TG1025: {
    severity: "error",
    message: "{0} is not a function that this build generates.",
    hint: "Annotate its source with @differentiable and the mode.",
  },
  TG1030: {
    severity: "error",
    message: "{0} runs a text that is only known when the program runs.",
    hint: "Write the expression itself.",
  },
  TG1031: {
    severity: "error",
    message: "{0} takes values through a text, and a text carries no derivative.",
    hint: "Keep the numbers themselves: copy arrays with slice or a spread, and round with Math.round.",
  },
  TG1032: {
    severity: "error",
    message: "A {0} keeps values where tsgrad does not follow them.",
    hint: "Use an array, an object with the fields that are needed, or a Map or Set of plain values.",
  },
  TG1033: {
    severity: "error",
    message: "The getter {0} changes something each time it is read.",
    hint: "Write a method and call it, so that each change shows.",
  },
  TG1034: {
    severity: "error",
    message: "{0} is nested too deeply, or too long, for tsgrad to follow.",
    hint: "Write long sums as loops over arrays, or in several statements, and take what is inside of many others into functions.",
  },
  TG1035: {
    severity: "error",
    message: "{0} may share its memory with other arrays, and it cannot be told with which.",
    hint: "Use subarray for a view of an array, slice for a copy.",
  },
  TG1036: {
    severity: "error",
    message: "{0} uses {1}, which changes, and it may be called where {1} is not there.",
    hint: "Declare {1} in front of the variable that takes the function, or keep it in a constant.",
  },
  TG1037: {
    severity: "error",
    message: "{0} keeps a value that is differentiated, and its derivative would be lost there.",
    hint: "Keep such values in an array or an object, and in the Map their places. What only counts or names something has int as its type, is left out of @wrt, or goes through stopGradient.",
  },
  TG1038: {
    severity: "error",
    message: "{0} is changed while a loop goes through it.",
    hint: "Change only the entry whose turn it is, or loop over a list of its own, for (const key of [...keys]); what is still to be visited goes into an array.",
  },
  TG1039: {
    severity: "error",
    message:
      "An array or object with int in its type goes where the type has number, or the other way round: the same memory would have a derivative and have none.",
    hint: "Write the same type in both places, or make a new array or object of its numbers.",
  },
  TG1040: {
    severity: "error",
    message: "{0}",
    hint: 'Shapes are those that types state, like Tensor<[32, 10]> or Tensor<["batch", 10]>, and what operations make of them.',
  },
  TG1041: {
    severity: "error",
    message: "In which order {0} has its fields depends on how it was made, and that is not followed here.",
    hint: 'List the fields of a parameter, or of an object that is written out without spreads; in a recursive function, of what its callers list for it. Or name them: for (const key of ["a", "b"] as const).',
  },
} as const;
