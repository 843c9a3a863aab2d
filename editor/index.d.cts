/** A plugin of TypeScript's language service: `{ "plugins": [{ "name": "tsgrad/editor" }] }` in a tsconfig. */
declare function init(modules: { readonly typescript: object }): { create(info: object): object };

export = init;
