using System.Collections.Generic;

namespace Metaflow.Graph;

/// <summary>All rules.</summary>
internal static class RuleCatalog
{
    // First, because the others are added to it as they are made.
    private static readonly List<Rule> Rules = [];

    // The class.
    public static readonly Rule ClassIsPartial = Error("MF0001", "A flow class must be partial");
    public static readonly Rule ContainerIsPartial = Error("MF0002", "The types around a flow class must be partial");
    public static readonly Rule ClassIsPlain = Error("MF0003", "A flow class must be neither generic nor file-local");
    public static readonly Rule ConstructorIsPublic = Error("MF0004", "A constructor that takes services must be public");
    public static readonly Rule BaseIsGenerated = Error("MF0005", "The base class of a flow must be built with the generator");
    public static readonly Rule HasSteps = Error("MF0006", "A flow needs steps");

    // Where the flow begins and ends.
    public static readonly Rule HasStart = Error("MF0010", "A flow needs a start step");
    public static readonly Rule HasEnd = Error("MF0011", "A flow needs an end step");
    public static readonly Rule OneEndpoint = Error("MF0012", "Only one step can be the start, and one the end");
    public static readonly Rule EndpointIsClear = Error("MF0013", "A step cannot be named like the start or the end and not be it");
    public static readonly Rule StartHasNoParents = Error("MF0014", "No step may lead to the start step");
    public static readonly Rule StartTakesNothing = Error("MF0015", "The start step takes nothing");
    public static readonly Rule EndIsNoJoin = Error("MF0016", "The end step cannot be a join");
    public static readonly Rule OnlyEndReturnsNothing = Error("MF0017", "Only the end step returns nothing");
    public static readonly Rule EndReturnsNothing = Error("MF0018", "The end step returns nothing");

    // A step by itself.
    public static readonly Rule StepNameIsFree = Error("MF0019", "A step's name must not be reserved");
    public static readonly Rule NamesDiffer = Error("MF0020", "Names must differ by more than case");
    public static readonly Rule NoOverloads = Error("MF0021", "A step cannot be overloaded");
    public static readonly Rule ReturnsTransition = Error("MF0022", "A step returns a transition");
    public static readonly Rule NoAsyncVoid = Error("MF0023", "A step cannot be async void");
    public static readonly Rule TakesItemOrInputs = Error("MF0024", "A step takes nothing, an item, or join inputs");
    public static readonly Rule InputsAreOwn = Error("MF0025", "A join takes the inputs of its own flow");
    public static readonly Rule IsInstance = Error("MF0026", "A step cannot be static");
    public static readonly Rule IsNotGeneric = Error("MF0027", "A step cannot be generic");
    public static readonly Rule IsVisible = Error("MF0028", "Inherited steps and parameters must be visible");

    // Transitions.
    public static readonly Rule IsNamed = Error("MF0030", "A transition names its targets directly");
    public static readonly Rule IsReturned = Error("MF0031", "A transition must be returned");
    public static readonly Rule TargetIsStep = Error("MF0032", "A transition leads to a step");
    public static readonly Rule LeadsOn = Warning("MF0033", "A step should lead on");
    public static readonly Rule TargetsDiffer = Error("MF0034", "A split names each step once");
    public static readonly Rule ItemIsGiven = Error("MF0035", "A step that takes an item must be inside a foreach");
    public static readonly Rule ItemTypeFits = Error("MF0036", "The item of a foreach must be of the type that its step takes");
    public static readonly Rule InputIsInForEach = Warning("MF0037", "Input is for steps inside a foreach");
    public static readonly Rule InputTypeFits = Warning("MF0038", "Input should ask for the type of the foreach's items");
    public static readonly Rule ItemsAreOrdered = Warning("MF0039", "The items of a foreach should have an order");

    // The graph as a whole.
    public static readonly Rule NoCycle = Error("MF0040", "Steps cannot form a cycle");
    public static readonly Rule IsReachable = Warning("MF0041", "A step should be reachable");
    public static readonly Rule SplitIsJoined = Error("MF0042", "A split must be joined");
    public static readonly Rule AllBranchesJoin = Error("MF0043", "All branches of a split must reach its join");
    public static readonly Rule BranchesJoinTogether = Error("MF0044", "The branches of a split must reach the same join");
    public static readonly Rule JoinHasSplit = Error("MF0045", "A join needs a split");
    public static readonly Rule JoinIsBalanced = Error("MF0046", "A join must unite branches of the same depth");
    public static readonly Rule ForEachHasBody = Error("MF0047", "A step must stand between a foreach and its join");
    public static readonly Rule JoinDoesNotSplit = Error("MF0048", "A join cannot be a split");

    // Artifacts on their way.
    public static readonly Rule ReadIsWritten = Warning("MF0050", "An artifact should be set before it is read");
    public static readonly Rule SurvivesJoin = Warning("MF0051", "An artifact that is read after a join should be carried over");
    public static readonly Rule BranchHasIt = Warning("MF0052", "An artifact of a branch should be set in a branch");
    public static readonly Rule StateIsArtifact = Warning("MF0053", "What a later step reads should be an artifact");
    public static readonly Rule ParametersAreFixed = Error("MF0054", "A parameter cannot be assigned");

    // Artifacts and parameters by themselves.
    public static readonly Rule ArtifactIsPartial = Error("MF0060", "An artifact must be partial");
    public static readonly Rule ArtifactIsInstance = Error("MF0061", "An artifact cannot be static");
    public static readonly Rule ArtifactHasSetter = Error("MF0062", "An artifact needs a setter");
    public static readonly Rule ArtifactNameIsFree = Error("MF0063", "An artifact's name must not be reserved");
    public static readonly Rule ArtifactIsStorable = Error("MF0064", "An artifact's type must be storable");
    public static readonly Rule ArtifactOrParameter = Error("MF0065", "A property is an artifact or a parameter");
    public static readonly Rule ParameterIsInit = Error("MF0070", "A parameter needs an init accessor");
    public static readonly Rule ParameterIsInstance = Error("MF0071", "A parameter cannot be static");
    public static readonly Rule ParameterNameIsFree = Error("MF0072", "A parameter's option must not be reserved");
    public static readonly Rule ParameterNamesDiffer = Error("MF0073", "Two parameters cannot have the same option");
    public static readonly Rule SeparatorNeedsList = Error("MF0074", "A separator is for lists");
    public static readonly Rule DefaultExists = Error("MF0075", "DefaultFrom names a static method");
    public static readonly Rule DefaultFits = Error("MF0076", "DefaultFrom names a method of the right shape");

    // Decorators.
    public static readonly Rule RetryIsBounded = Error("MF0080", "Retry repeats a step at most four times");
    public static readonly Rule TimeoutIsGiven = Error("MF0081", "Timeout needs a duration");
    public static readonly Rule CatchNeedsOneWay = Error("MF0082", "Catch needs a step that has one way on");
    public static readonly Rule CatchVarIsArtifact = Error("MF0083", "Catch stores into an artifact");

    /// <summary>Every rule, by id.</summary>
    public static IReadOnlyList<Rule> All => Rules;

    private static Rule Error(string id, string title) => Add(new(id, title, ProblemSeverity.Error));

    private static Rule Warning(string id, string title) => Add(new(id, title, ProblemSeverity.Warning));

    private static Rule Add(Rule rule)
    {
        Rules.Add(rule);
        return rule;
    }
}
