import { Directive, Field, ID, ObjectType } from 'type-graphql';

// De otros subgrafos: aquí solo se nombran, y el gateway los completa.

@ObjectType()
@Directive('@key(fields: "id", resolvable: false)')
export class Customer {
  @Field(() => ID) id!: string;
}

@ObjectType()
@Directive('@key(fields: "id", resolvable: false)')
export class Plan {
  @Field(() => ID) id!: string;
}

@ObjectType()
@Directive('@key(fields: "id", resolvable: false)')
export class Feature {
  @Field(() => ID) id!: string;
}

/** De tenancy; aquí se le añaden la suscripción y las funciones efectivas. */
@ObjectType()
@Directive('@key(fields: "id")')
export class TenantInstance {
  @Field(() => ID) id!: string;
}
