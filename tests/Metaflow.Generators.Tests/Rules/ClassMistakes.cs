namespace Metaflow.Generators.Tests.Rules;

/// <summary>Mistakes in the declaration of a flow class.</summary>
internal static class ClassMistakes
{
    public static TheoryData<string, string, string> All =>
    [
        ("class not partial", "F", """
            public class F : FlowSpec // MF0001
            {
                [Step] public Transition Start() => Next(End);
                [Step] public void End() { }
            }
            """),
        ("container not partial", "F", """
            public class Outer
            {
                public partial class F : FlowSpec // MF0002
                {
                    [Step] public void Only() { }
                }
            }
            """),
        ("generic class", "F", """
            public partial class F<T> : FlowSpec // MF0003
            {
                [Step] public void Only() { }
            }
            """),
        ("file-local class", "F", """
            file partial class F : FlowSpec // MF0003
            {
                [Step] public void Only() { }
            }
            """),
        ("private constructor with services", "F", """
            public partial class F : FlowSpec // MF0004
            {
                private F(TimeProvider time) => _ = time;
                [Step] public void Only() { }
            }
            """),
        ("no steps", "F", """
            public partial class F : FlowSpec // MF0006
            {
                public Transition Start() => Next(End);
                public void End() { }
            }
            """),
    ];
}
