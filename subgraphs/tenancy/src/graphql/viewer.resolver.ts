import type { Viewer as KernelViewer } from '@farutech/kernel/viewer';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { TenancyContext } from './context.ts';

@ObjectType({ description: 'Who is asking, as the access token says.' })
class Viewer {
  @Field(() => String, { description: 'The subject of the token: an account, or a child application.' })
  sub!: string;

  @Field(() => [String], { description: '"PLATFORM_ADMIN", "CUSTOMER_ADMIN", "CHILD_APP" …' })
  roles!: string[];
  @Field(() => ID, { nullable: true, description: 'The customer that you work for.' }) tenantId!:
    | string
    | null;
  @Field(() => [ID], { description: 'The instances of a child application.' }) instanceIds!: string[];
}

@Resolver(() => Viewer)
export class ViewerResolver {
  @Authorise(...everybody)
  @Query(() => Viewer, { description: 'Who you are here, and what you may see.' })
  viewer(@Ctx() { viewer }: TenancyContext): KernelViewer {
    return viewer;
  }
}
