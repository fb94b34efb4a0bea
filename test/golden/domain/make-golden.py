# Makes the golden files of this folder, independently of the code under test: plain Python with rational arithmetic,
# after TA-Lib's documented algorithms. Run here: python3 make-golden.py
import json, math
from fractions import Fraction as F
# Park-Miller generator: a series anyone can rebuild.
state = 20190614
def rnd():
    global state
    state = state * 16807 % 2147483647
    return state / 2147483647
bars=[]; c=100.0
for i in range(90):
    o=round(c*(1+0.01*(rnd()-0.5)),4)
    cl=round(c*(1+0.05*(rnd()-0.48)),4)
    h=round(max(o,cl)*(1+0.01*rnd()),4); l=round(min(o,cl)*(1-0.01*rnd()),4)
    bars.append((o,h,l,cl)); c=cl
H=[F(str(b[1])) for b in bars];L=[F(str(b[2])) for b in bars];C=[F(str(b[3])) for b in bars]
n=len(C)
def sma(x,p): return [None if i<p-1 else sum(x[i-p+1:i+1])/p for i in range(len(x))]
def ema_from(x,p,seed_end):
    out=[None]*len(x); out[seed_end]=sum(x[seed_end-p+1:seed_end+1])/p; k=F(2,p+1)
    for i in range(seed_end+1,len(x)): out[i]=x[i]*k+out[i-1]*(1-k)
    return out
def wilder_avg(x,p,start):  # x defined from start
    out=[None]*len(x); j=start+p-1; out[j]=sum(x[start:j+1])/p
    for i in range(j+1,len(x)): out[i]=(out[i-1]*(p-1)+x[i])/p
    return out
def rsi(x,p):
    d=[None]+[x[i]-x[i-1] for i in range(1,len(x))]
    up=[None]+[max(v,F(0)) for v in d[1:]]; dn=[None]+[max(-v,F(0)) for v in d[1:]]
    a=wilder_avg(up,p,1); b=wilder_avg(dn,p,1)
    return [None if v is None else 100-100/(1+v/b[i]) for i,v in enumerate(a)]
def tr(i): return max(H[i],C[i-1])-min(L[i],C[i-1])
TR=[None]+[tr(i) for i in range(1,n)]
def adx(p):
    P=[None]+[H[i]-H[i-1] if H[i]-H[i-1]>max(L[i-1]-L[i],0) else F(0) for i in range(1,n)]
    M=[None]+[L[i-1]-L[i] if L[i-1]-L[i]>max(H[i]-H[i-1],0) else F(0) for i in range(1,n)]
    def wsum(x):
        out=[None]*n; s=sum(x[1:p]); 
        for i in range(p,n): s=s-s/p+x[i]; out[i]=s
        return out
    sp,sm,st=wsum(P),wsum(M),wsum(TR)
    pdi=[None if v is None else 100*v/st[i] for i,v in enumerate(sp)]
    mdi=[None if v is None else 100*v/st[i] for i,v in enumerate(sm)]
    dx=[None if v is None else 100*abs(v-mdi[i])/(v+mdi[i]) for i,v in enumerate(pdi)]
    out=[None]*n; j=2*p-1; out[j]=sum(dx[p:j+1])/p
    for i in range(j+1,n): out[i]=(out[i-1]*(p-1)+dx[i])/p
    return pdi,mdi,out
    return x
f=ema_from([F(float(v)) for v in C],12,25); s=ema_from([F(float(v)) for v in C],26,25)
line=[None if v is None else v-s[i] for i,v in enumerate(f)]
sig=[None]*25+ema_from(line[25:],9,8)
mid=sma(C,20)
sd=[None if m is None else math.sqrt(float(sum((v-m)**2 for v in C[i-19:i+1])/20)) for i,m in enumerate(mid)]
pdi,mdi,ax=adx(14)
fl=lambda x:[None if v is None else float(v) for v in x]
rets=[float(C[i]/C[i-1]-1) for i in range(1,n)]
w=rets[-63:]; m=math.fsum(w)/63; vol=math.sqrt(math.fsum((v-m)**2 for v in w)/62)
out=dict(provenance="Computed by a separate plain-Python program with rational arithmetic after TA-Lib's documentation (ta_RSI.c, ta_ADX.c, ta_MACD.c, ta_BBANDS.c, ta_ATR.c); the bars come from a Park-Miller generator, seed 20190614, rounded to 4 decimals. null is warm-up.",
 bars=dict(open=[b[0] for b in bars],high=[b[1] for b in bars],low=[b[2] for b in bars],close=[b[3] for b in bars]),
 sma20=fl(mid),ema12=fl(ema_from(C,12,11)),rsi14=fl(rsi(C,14)),macd=fl(line),macdSignal=fl(sig),
 bollingerUpper=[None if d is None else float(mid[i])+2*d for i,d in enumerate(sd)],
 atr14=fl(wilder_avg(TR,14,1)),plusDi14=fl(pdi),minusDi14=fl(mdi),adx14=fl(ax),realizedVol63=vol,momentum60skip10=float(C[-11]/C[-61]-1))
json.dump(out,open('./indicators.golden.json','w'),indent=None)
# tail loss by Rockafellar-Uryasev
cases=[]
for k,(size,level) in enumerate([(20,.95),(100,.95),(251,.95),(251,.99),(37,.9)]):
    r=[round(0.08*(rnd()-0.5)+0.03*(rnd()-0.5)**3,6) for _ in range(size)]
    losses=[-F(str(v)) for v in r]; c=F(str(level))
    cv=min(v+sum(max(l-v,F(0)) for l in losses)/(size*(1-c)) for v in losses)
    # VaR: the smallest loss v with P(L<=v) >= c
    var=min(v for v in losses if F(sum(1 for l in losses if l<=v),size)>=c)
    cases.append(dict(level=level,returns=r,varFrac=float(var),cvarFrac=float(cv)))
json.dump(dict(provenance="Rational-arithmetic Python: VaR as the smallest loss v with P(L <= v) >= c; CVaR by minimising Rockafellar and Uryasev's v + E[(L - v)+]/(1 - c) (J. Risk 2(3), 2000) over the sample.",cases=cases),open('./tail-loss.golden.json','w'))
# meta brain
syms=[]
names=['AAA','BBB','CCC','DDD','EEE']
for nm in names:
    k=1+int(rnd()*3)
    syms.append(dict(symbol=nm,sigma=round(0.008+0.02*rnd(),6),opinions=[dict(expectedReturn=round(0.004*(rnd()-0.4),7),confidence=round(0.3+0.7*rnd(),4)) for _ in range(k)]))
def med(x):
    x=sorted(x);h=len(x)//2
    return x[h] if len(x)%2 else (x[h-1]+x[h])/2
res=[]
for sy in syms:
    tot=math.fsum(o['confidence'] for o in sy['opinions'])
    raw=math.fsum(o['confidence']/tot*o['expectedReturn'] for o in sy['opinions'])
    a=[o['expectedReturn']/sy['sigma'] for o in sy['opinions']]; mean=math.fsum(a)/len(a); var=math.fsum((v-mean)**2 for v in a)/len(a)
    res.append(dict(symbol=sy['symbol'],muBeforePenalty=raw,disagreementPenalty=math.exp(-.5*var),mu=raw*math.exp(-.5*var)))
mm=med([r['mu'] for r in res]); mad=med([abs(r['mu']-mm) for r in res])
for r,sy in zip(res,syms):
    r.update(z=(r['mu']-mm)/mad,conviction=r['mu']/sy['sigma'],kelly=.3*(r['mu']-.02/252)/sy['sigma']**2)
json.dump(dict(provenance="Plain Python after the formulas of the fund's specification, section C: beta 0.5, gamma 0.3, risk-free 2 % a year over 252 sessions; inputs from a Park-Miller generator.",inputs=syms,medianMu=mm,madMu=mad,results=res),open('./meta-brain.golden.json','w'))
