using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Turns the steps of a flow into nodes of its graph.</summary>
internal sealed class StepReader
{
    private readonly FlowMembers _members;
    private readonly BodyContext _context;
    private readonly DataflowReader _dataflow;

    public StepReader(FlowMembers members, BodyContext context)
    {
        _members = members;
        _context = context;
        _dataflow = new(context);
    }

    /// <summary>Whether a base class comes from an assembly that was built without the generator.</summary>
    public bool MissesBase { get; private set; }

    public StepNode Read(StepSymbol step)
    {
        var method = step.Method;
        var signature = StepSignature.Of(method, _members);
        var node = new StepNode
        {
            Name = method.Name,
            DeclaringType = TypeText.Full(method.ContainingType.OriginalDefinition),
            Location = Places.Of(method),
            Returns = signature.Returns,
            Takes = signature.Takes,
            ItemType = signature.Takes == StepInput.Item ? TypeText.Short(method.Parameters[0].Type) : null,
            Traits = Traits(step, signature),
            Decorators = Decorators(method).Select(AttributeText.Decorator).ToEquatableArray(),
        };
        return Places.Declaration(method) is MethodDeclarationSyntax declaration
            ? ReadBody(node, method, declaration, signature)
            : Inherit(node, method);
    }

    /// <summary>The decorators of a step, outermost first, then those of the method that it overrides.</summary>
    public static IEnumerable<AttributeData> Decorators(IMethodSymbol method) =>
        AttributeText.WithInherited(Overridden(method)).Where(attribute => Known.IsStepDecorator(attribute.AttributeClass));

    private StepNode ReadBody(StepNode node, IMethodSymbol method, MethodDeclarationSyntax declaration, StepSignature signature)
    {
        var text = new MethodText(declaration);
        var (dataflow, isOpaque) = _dataflow.Read(text);
        isOpaque |= Decorators(method).Any(a => !IsOwnDecorator(a.AttributeClass!));
        return node with
        {
            Doc = Overridden(method).Select(DocText.Of).FirstOrDefault(text => text is not null),
            Transitions = TransitionReader.Read(
                _context, text, signature.Returns == StepReturn.Transition, () => OverriddenTransitions(method)),
            Dataflow = dataflow,
            Traits = node.Traits | (isOpaque ? StepTraits.Opaque : StepTraits.None),
        };
    }

    private EquatableArray<TransitionNode>? OverriddenTransitions(IMethodSymbol method) =>
        method.OverriddenMethod is not { } overridden ? null
        : Places.Declaration(overridden) is MethodDeclarationSyntax declaration
            ? TransitionReader.Read(
                _context, new MethodText(declaration), returnsTransition: true, () => OverriddenTransitions(overridden))
            : _members.InheritedGraph(overridden.ContainingType)?.Find(overridden.Name)?.Transitions;

    /// <summary>A step whose source is elsewhere has been read when its class was built.</summary>
    private StepNode Inherit(StepNode node, IMethodSymbol method)
    {
        var inherited = _members.InheritedGraph(method.ContainingType)?.Find(method.Name);
        if (inherited is null)
        {
            MissesBase = true;
            return node;
        }

        return node with
        {
            Doc = inherited.Doc,
            Location = inherited.Location,
            Transitions = inherited.Transitions,
            Dataflow = inherited.Dataflow,
            Traits = node.Traits | (inherited.Traits & StepTraits.Opaque),
        };
    }

    private StepTraits Traits(StepSymbol step, StepSignature signature)
    {
        var method = step.Method;
        var traits = signature.Traits;
        Add(method.IsAsync, StepTraits.Async);
        Add(method.IsStatic, StepTraits.Static);
        Add(method.IsGenericMethod, StepTraits.Generic);
        Add(method.IsAbstract, StepTraits.Abstract);
        Add(IsHidden(method), StepTraits.Hidden);
        Add(Decorators(method).Any(decorator => !_context.IsVisible(decorator.AttributeClass!)), StepTraits.HiddenDecorator);
        Add(_members.Steps.Any(other => other.Method.Name == method.Name && !Same(other.Method, method)), StepTraits.Overloaded);
        Add(IsSet(step.Attribute, "Start"), StepTraits.MarkedStart);
        Add(IsSet(step.Attribute, "End"), StepTraits.MarkedEnd);
        return traits;

        void Add(bool holds, StepTraits trait) => traits |= holds ? trait : StepTraits.None;
    }

    private bool IsHidden(IMethodSymbol method) =>
        !Same(method.ContainingType, _members.Flow)
        && (method.DeclaredAccessibility is Accessibility.Private
            || (method.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedAndInternal
                && !method.ContainingAssembly.GivesAccessTo(_members.Flow.ContainingAssembly)));

    /// <summary>The decorators of Metaflow itself write no artifact but the one that <c>Catch</c> names.</summary>
    private static bool IsOwnDecorator(INamedTypeSymbol type)
    {
        var root = type;
        while (root.BaseType is { SpecialType: not SpecialType.System_Object } next && next.Name != "Attribute")
        {
            root = next;
        }

        return Same(type.ContainingAssembly, root.ContainingAssembly);
    }

    private static IEnumerable<IMethodSymbol> Overridden(IMethodSymbol? method)
    {
        for (; method is not null; method = method.OverriddenMethod)
        {
            yield return method;
        }
    }

    private static bool IsSet(AttributeData attribute, string name) =>
        attribute.NamedArguments.Any(pair => pair.Key == name && pair.Value.Value is true);

    private static bool Same(ISymbol a, ISymbol b) => SymbolEqualityComparer.Default.Equals(a, b);
}

/// <summary>What a step's signature says.</summary>
internal readonly record struct StepSignature(StepReturn Returns, StepInput Takes, StepTraits Traits)
{
    public static StepSignature Of(IMethodSymbol method, FlowMembers members)
    {
        var traits = StepTraits.None;
        return new(ReturnOf(method), InputOf(method, members, ref traits), traits);
    }

    private static StepReturn ReturnOf(IMethodSymbol method)
    {
        var type = method.ReturnType;
        if (method.ReturnsVoid)
        {
            return method.IsAsync ? StepReturn.AsyncVoid : StepReturn.Nothing;
        }

        if (method.RefKind != RefKind.None)
        {
            return StepReturn.Other;
        }

        return Known.IsTransition(type) ? StepReturn.Transition
            : !Known.IsTask(type) ? StepReturn.Other
            : type is INamedTypeSymbol { TypeArguments: { Length: 1 } result }
                ? Known.IsTransition(result[0]) ? StepReturn.Transition : StepReturn.Other
            : StepReturn.Nothing;
    }

    private static StepInput InputOf(IMethodSymbol method, FlowMembers members, ref StepTraits traits)
    {
        if (method.Parameters.Length == 0)
        {
            return StepInput.Nothing;
        }

        var parameter = method.Parameters[0];
        if (method.Parameters.Length > 1 || parameter.RefKind != RefKind.None || parameter.IsParams
            || parameter.Type.IsRefLikeType || parameter.Type is IPointerTypeSymbol or IFunctionPointerTypeSymbol)
        {
            return StepInput.Other;
        }

        if (!Known.IsJoinInputs(parameter.Type))
        {
            return StepInput.Item;
        }

        var of = ((INamedTypeSymbol)parameter.Type).TypeArguments[0];
        if (!members.Lineage.Any(type => SymbolEqualityComparer.Default.Equals(type, of)) && !Known.IsFlowSpec(of))
        {
            traits |= of.TypeKind is TypeKind.TypeParameter ? StepTraits.None : StepTraits.ForeignInputs;
        }

        return StepInput.Join;
    }
}
