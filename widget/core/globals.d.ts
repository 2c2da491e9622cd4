// Browsers and Node have it, but the library of the language alone does not declare it.
declare function btoa(binary: string): string;
