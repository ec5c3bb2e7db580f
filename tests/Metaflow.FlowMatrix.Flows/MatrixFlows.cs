using Metaflow.FlowMatrix.Cases;
using Metaflow.FlowMatrix.Shapes;

namespace Metaflow.FlowMatrix;

/// <summary>The flows of this program.</summary>
internal static class MatrixFlows
{
    public static readonly Type[] Shapes =
    [
        typeof(LinearShape),
        typeof(SingleShape),
        typeof(NamedEndsShape),
        typeof(InheritedShape),
        typeof(TemplateUserShape),
        typeof(AsyncShape),
        typeof(BranchShape),
        typeof(NestedBranchesShape),
        typeof(ForEachInBranchShape),
        typeof(ForEachShape),
        typeof(SmallForEachShape),
        typeof(NestedForEachShape),
        typeof(BranchInForEachShape),
        typeof(SwitchShape),
        typeof(NestedSwitchShape),
        typeof(SwitchInBranchShape),
        typeof(SwitchInForEachShape),
        typeof(BranchInSwitchShape),
        typeof(ForEachInSwitchShape),
        typeof(LoopShape),
        typeof(LoopInForEachShape),
    ];

    public static readonly Type[] All =
    [
        .. Shapes,
        typeof(ParametersFlow),
        typeof(DynamicParametersFlow),
        typeof(IncludeFlow),
        typeof(RunIdFileFlow),
        typeof(CrashFlow),
        typeof(CaughtCrashesFlow),
        typeof(DiesAfterwardsFlow),
        typeof(TimeoutFlow),
        typeof(SecretsFlow),
        typeof(CatchRetryFlow),
        typeof(FinishingFlow),
        typeof(WaitingFlow),
        typeof(WideFlow),
        typeof(LargeFlow),
        typeof(LoudFlow),
        typeof(CardCrashFlow),
        typeof(ShellFlow),
    ];
}
