import { type Phase, phases } from '../phases/index.ts';
import { type Catalogue, catalogue } from '../versions/catalogue.ts';

/** What plans are made of: all phases in order, and the components that they bring. */
export interface Stack {
  phases: readonly Phase[];
  catalogue: Catalogue;
}

/** The phases and components of the product itself. */
export const productStack: Stack = { phases, catalogue };
