using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <content>What is noted on the walk.</content>
internal sealed partial class BodyWalker
{
    private void Write(ExpressionSyntax target)
    {
        if (target is TupleExpressionSyntax tuple)
        {
            foreach (var argument in tuple.Arguments)
            {
                Write(argument.Expression);
            }

            return;
        }

        // A name that a local hides somewhere in the body still counts: a write too many only makes the rules milder.
        var name = Syntax.OwnName(target)?.Identifier.ValueText;
        if (name is null)
        {
            return;
        }

        if (_context.Tracked.Contains(name))
        {
            _uses.Writes.Add(name);
            _written.Add(name);
        }
        else if (_context.Parameters.Contains(name) && OwnMember(target) is not null)
        {
            _uses.ParameterWrites.Add(new(name, Places.Of(target)));
        }
        else if (OwnMember(target) is not null && _context.Members.Helpers.ContainsKey(name))
        {
            Apply(name, target);
        }
    }

    private void AddInput(GenericNameSyntax name, bool ofBranch, InvocationExpressionSyntax call)
    {
        if (name.TypeArgumentList.Arguments is { Count: 1 } types && _context.Type(types[0]) is { } type)
        {
            _uses.Inputs.Add(new(TypeText.Short(type), ofBranch, Places.Of(call)));
        }
    }

    private void VisitOwn(SimpleNameSyntax name, ExpressionSyntax whole)
    {
        var text = name.Identifier.ValueText;
        if (_context.Tracked.Contains(text))
        {
            Read(text, Places.Of(name));
        }
        else if (_context.Members.Helpers.ContainsKey(text))
        {
            Apply(text, name);
        }
        else if (whole is MemberAccessExpressionSyntax && !_context.IsMember(text))
        {
            // An extension method on the flow object.
            _uses.IsOpaque = true;
        }
    }

    /// <summary>A member of another object with the name of an artifact; whether it is one, <see cref="BranchReads"/> finds out.</summary>
    private void VisitForeign(SimpleNameSyntax name)
    {
        var text = name.Identifier.ValueText;
        if (_context.Artifacts.Contains(text))
        {
            _uses.BranchReads.Add(new(text, Places.Of(name)));
        }
    }

    private void Read(string name, SourceSpan place, bool afterMerge = false)
    {
        var use = new ArtifactUse(name, place, afterMerge || IsMerged);
        if (_deferring > 0)
        {
            _deferred.Add(use);
        }
        else if (!_written.Contains(name))
        {
            AddRead(use);
        }
    }

    private void AddRead(ArtifactUse use)
    {
        if (!_uses.Reads.ContainsKey(use.Name))
        {
            _uses.Reads.Add(use.Name, use);
        }
    }

    /// <summary>A member of the flow is called or read here: what it uses, this body uses.</summary>
    private void Apply(string helper, SyntaxNode place)
    {
        var uses = _helpers.OfHelper(helper);
        foreach (var read in uses.Reads.Values)
        {
            Read(read.Name, Places.Of(place), read.AfterMerge);
        }

        _uses.Writes.UnionWith(uses.Writes);
        _written.UnionWith(uses.Writes);
        _uses.Merges.AddRange(uses.Merges);
        _uses.IsOpaque |= uses.IsOpaque;
        _uses.Inputs.AddRange(uses.Inputs.Select(input => input with { Location = Places.Of(place) }));
    }
}
