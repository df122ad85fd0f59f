/** The updates of the optimisers, each in one pass over the weights. Blocks are padded, so vectors may run over the end. */

export function sgd(w: usize, g: usize, rate: f32, n: i32): void {
  const r = f32x4.splat(rate)
  for (let i: usize = 0; i < (<usize>n) << 2; i += 16) v128.store(w + i, f32x4.sub(v128.load(w + i), f32x4.mul(r, v128.load(g + i))))
}

export function momentum(w: usize, g: usize, velocity: usize, rate: f32, decay: f32, nesterov: i32, n: i32): void {
  const r = f32x4.splat(rate),
    d = f32x4.splat(decay)
  for (let i: usize = 0; i < (<usize>n) << 2; i += 16) {
    const slope = v128.load(g + i)
    const v = f32x4.add(f32x4.mul(d, v128.load(velocity + i)), slope)
    v128.store(velocity + i, v)
    const step = nesterov ? f32x4.add(slope, f32x4.mul(d, v)) : v
    v128.store(w + i, f32x4.sub(v128.load(w + i), f32x4.mul(r, step)))
  }
}

/**
 * The updates of torch.optim's Adam and AdamW (single tensors, no fused multiply-add), operation by operation: kept is 1 - rate decay (1 for
 * Adam), step is rate / (1 - beta1^t), root is sqrt(1 - beta2^t). Like its lerp, m is computed from the nearer end: from the gradient where
 * the gradient's share `rest1` is a half or more.
 */
export function adam(
  w: usize,
  g: usize,
  first: usize,
  second: usize,
  step: f32,
  kept: f32,
  rest1: f32,
  b2: f32,
  rest2: f32,
  root: f32,
  epsilon: f32,
  n: i32
): void {
  const r = f32x4.splat(step),
    e = f32x4.splat(epsilon),
    k = f32x4.splat(kept),
    correct = f32x4.splat(root)
  const fromGradient = rest1 >= 0.5
  const share = f32x4.splat(fromGradient ? rest1 - 1 : rest1),
    beta2 = f32x4.splat(b2),
    new2 = f32x4.splat(rest2)
  for (let i: usize = 0; i < (<usize>n) << 2; i += 16) {
    const slope = v128.load(g + i)
    const before = v128.load(first + i)
    const m = f32x4.add(fromGradient ? slope : before, f32x4.mul(share, f32x4.sub(slope, before)))
    const v = f32x4.add(f32x4.mul(v128.load(second + i), beta2), f32x4.mul(f32x4.mul(new2, slope), slope))
    v128.store(first + i, m)
    v128.store(second + i, v)
    const below = f32x4.add(f32x4.div(f32x4.sqrt(v), correct), e)
    v128.store(w + i, f32x4.sub(f32x4.mul(k, v128.load(w + i)), f32x4.div(f32x4.mul(r, m), below)))
  }
}
