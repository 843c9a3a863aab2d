/** The normalised IR of every annotated function of a file, as `tsgrad explain` prints it. */
export async function explainFixture(_file: string, _project: string): Promise<string> {
  return Promise.resolve("");
}
