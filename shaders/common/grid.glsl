// Grids are flat: the host folds a count of workgroups into x and y (65,535 a dimension), and the
// shader undoes that. The last row may overhang; every shader checks its own bounds.
#ifndef VIGIL_SHADERS_COMMON_GRID_GLSL_
#define VIGIL_SHADERS_COMMON_GRID_GLSL_

layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;

uint WorkgroupIndex() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }

uint InvocationIndex() { return WorkgroupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationID.x; }

#endif
